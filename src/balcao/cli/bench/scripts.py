"""The Lua scripts that wrk runs: what one shopper's browser asks for, written for speed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from balcao.cli.bench.load import LUA_DONE
from balcao.cli.bench.shop import SLUG, as_lua

_THREADS = """
local counter = 0
function setup(thread) thread:set("number", counter); counter = counter + 1 end
function init(args) math.randomseed(os.time() * 1000 + number); seed = tostring(math.random(1e9)) .. "-" .. number; n = 0 end
local function phone() return string.format("119%08d", math.random(10000000, 99999999)) end
"""
_HEADERS = '{["X-Tenant"]="%s",["Content-Type"]="application/json",["Accept-Encoding"]="identity"}' % SLUG  # noqa: UP031
_SELL = """
local bodies = BODIES
local function checkout()
  n = n + 1
  local headers = HEADERS
  headers["Idempotency-Key"] = seed .. "-" .. n
  return wrk.format("POST", "PATH", headers, (bodies[math.random(#bodies)]:gsub("PHONE", phone())))
end
"""


def get(path: str, **headers: str) -> str:
    """One address, again and again."""
    named = "".join(
        f'wrk.headers["{name.replace("_", "-")}"] = [==[{value}]==]\n' for name, value in headers.items()
    )
    return f'wrk.path = "{path}"\nwrk.headers["X-Tenant"] = "{SLUG}"\n{named}{LUA_DONE}'


def sell(bodies: list[dict[str, Any]], path: str = "/checkout") -> str:
    """Whole checkouts, each with a shopper and a key of its own."""
    script = _SELL.replace("BODIES", as_lua(bodies)).replace("HEADERS", _HEADERS).replace("PATH", path)
    return f"{_THREADS}{script}\nrequest = checkout\n{LUA_DONE}"


def sell_bare(products: int) -> str:
    """The control's checkout."""
    return f"""{_THREADS}
function request()
  local body = string.format('{{"goods_id":%d,"quantity":1,"phone":"%s"}}', math.random({products}), phone())
  return wrk.format("POST", "/checkout", {{["Content-Type"]="application/json"}}, body)
end
{LUA_DONE}"""


def shop(bodies: list[dict[str, Any]], quotes: list[dict[str, Any]], etag: str) -> str:
    """A day of shopping in small: of 100 requests 40 menus (half of them with an ETag), 10 pages of the shop, 10 lists of
    stores, 15 searches, 10 freight quotes, 8 previews and 7 orders."""
    previews = [{name: value for name, value in body.items() if name != "payment"} for body in bodies]
    sell_script = (
        _SELL.replace("BODIES", as_lua(bodies)).replace("HEADERS", _HEADERS).replace("PATH", "/checkout")
    )
    return f"""{_THREADS}{sell_script}
local previews, quotes = {as_lua(previews)}, {as_lua(quotes)}
local plain = {_HEADERS}
local known = {_HEADERS}
known["If-None-Match"] = [==[{etag}]==]
local words = {{"produto", "pao", "bolo", "prod 12", "produto 31"}}
function request()
  local dice = math.random(100)
  if dice <= 20 then return wrk.format("GET", "/catalog", plain) end
  if dice <= 40 then return wrk.format("GET", "/catalog", known) end
  if dice <= 50 then return wrk.format("GET", "/loja/{SLUG}", plain) end
  if dice <= 60 then return wrk.format("GET", "/stores", plain) end
  if dice <= 75 then
    return wrk.format("GET", "/catalog/search?q=" .. words[math.random(#words)]:gsub(" ", "%%20"), plain)
  end
  if dice <= 85 then return wrk.format("POST", "/shipping/quote", plain, quotes[math.random(#quotes)]) end
  if dice <= 93 then
    return wrk.format("POST", "/checkout/preview", plain, (previews[math.random(#previews)]:gsub("PHONE", phone())))
  end
  return checkout()
end
{LUA_DONE}"""


def written(folder: Path, name: str, script: str) -> Path:
    """The script as a file for wrk."""
    path = folder / f"{name}.lua"
    path.write_text(script, encoding="utf-8")
    return path
