"""`./balcao …` ends here."""

from balcao.cli.main import app

app(prog_name="balcao")
