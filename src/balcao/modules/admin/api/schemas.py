"""Bodies of the team's API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from balcao.modules.admin.sign_in import SignedIn

CLEAN = r"^[^\x00-\x1f\x7f]*$"
Email = Annotated[str, Field(min_length=3, max_length=254, pattern=CLEAN)]
Name = Annotated[str, Field(min_length=1, max_length=120, pattern=CLEAN)]
# The rule for a new password (8 to 128) is checked where it is set; one that is only compared may be anything short.
Password = Annotated[str, Field(min_length=1, max_length=200)]
# Once more, where a sign-in of the last ten minutes would do as well.
PasswordAgain = Annotated[str | None, Field(min_length=1, max_length=200)]
Otp = Annotated[str, Field(max_length=40, pattern=CLEAN)]
Token = Annotated[str, Field(min_length=1, max_length=200, pattern=CLEAN)]
Role = Literal["owner", "manager", "operator"]
Sessions = Annotated[int, Field(ge=1, le=20)]
Version = Annotated[int, Field(ge=1, le=2**31)]
Permissions = Annotated[list[Annotated[str, Field(max_length=80, pattern=CLEAN)]], Field(max_length=200)]
StoreIds = Annotated[list[UUID], Field(max_length=200)]
EXAMPLE_ID = "0192f0c1-7c2e-7d4a-9a63-0c0ffee00001"


def example(**body: Any) -> ConfigDict:
    """Unknown fields are refused; the example stands in the API documents."""
    return ConfigDict(extra="forbid", json_schema_extra={"example": body})


class Credentials(BaseModel):
    """E-mail and password, and for whoever has a second factor its code or a recovery code."""

    model_config = example(email="dona@padaria.example", password="balcao-demo")  # noqa: S106 - the demo's own
    email: Email
    password: Password
    otp: Otp = ""


class Account(BaseModel):
    """Who is signed in, and what they may do where."""

    id: UUID
    name: str
    email: str
    role: str
    permissions: list[str]
    modules: list[str]
    store_ids: list[UUID] | None
    tenant: dict[str, str]


class Entered(BaseModel):
    """A fresh session. The token is in the cookie `admin_token` too.

    `recovery_codes_left` is there after a recovery code was used: make new ones before none is left.
    """

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - a scheme, not a secret
    expires_at: datetime
    user: Account
    recovery_codes_left: int | None = None


class SignUp(BaseModel):
    """The token of an invitation, and who takes it."""

    model_config = example(token="…", name="Joana da Silva", password="uma-senha-bem-boa")  # noqa: S106
    token: Token
    name: Name
    password: Password


class PasswordChange(BaseModel):
    """The present password and the next one."""

    model_config = example(current_password="balcao-demo", new_password="uma-senha-bem-boa")  # noqa: S106
    current_password: Password
    new_password: Password


class ResetRequest(BaseModel):
    """Whose password was forgotten."""

    model_config = example(email="dona@padaria.example")
    email: Email


class ResetConfirmation(BaseModel):
    """The token of the e-mailed link and the new password."""

    model_config = example(token="…", password="uma-senha-bem-boa")  # noqa: S106
    token: Token
    password: Password


class Revoked(BaseModel):
    """How many sessions ended."""

    revoked: int


class PersonCreate(BaseModel):
    """Somebody to add with a password they are told."""

    model_config = example(
        email="joana@padaria.example", name="Joana", role="operator", group_id=EXAMPLE_ID, password="uma-senha-boa"  # noqa: S106
    )  # fmt: skip
    email: Email
    name: Name
    role: Role = "operator"
    group_id: UUID | None = None
    password: Password
    max_active_sessions: Sessions = 3


class InvitationCreate(BaseModel):
    """Somebody to invite by e-mail."""

    model_config = example(email="joana@padaria.example", role="operator", group_id=EXAMPLE_ID)
    email: Email
    role: Role = "operator"
    group_id: UUID | None = None


class PersonPatch(BaseModel):
    """What to change of a person; what is left out stays. `group_id` null takes them out of their group."""

    model_config = example(role="manager", group_id=EXAMPLE_ID, version=1)
    name: Name | None = None
    role: Role | None = None
    group_id: UUID | None = None
    is_active: bool | None = None
    max_active_sessions: Sessions | None = None
    version: Version | None = None

    def changes(self) -> dict[str, Any]:
        """The fields that were sent. Only the group may be emptied."""
        sent = self.model_dump(exclude_unset=True, exclude={"version"})
        return {name: value for name, value in sent.items() if value is not None or name == "group_id"}


class InvitationSent(BaseModel):
    """The invitation left; the link is in the e-mail alone."""

    id: UUID
    email: str
    expires_at: datetime


class GroupCreate(BaseModel):
    """A named set of permissions; no store listed means every store."""

    model_config = example(
        name="Cozinha", permissions=["store.orders:view", "store.orders:edit"], store_ids=[]
    )
    name: Name
    permissions: Permissions = []
    store_ids: StoreIds = []
    is_active: bool = True


class GroupPatch(BaseModel):
    """What to change of a group; what is left out stays."""

    model_config = example(permissions=["store.orders:view"], version=1)
    name: Name | None = None
    permissions: Permissions | None = None
    store_ids: StoreIds | None = None
    is_active: bool | None = None
    version: Version | None = None

    def changes(self) -> dict[str, Any]:
        """The fields that were sent."""
        return self.model_dump(exclude_none=True, exclude={"version"})


def entered(signed_in: SignedIn) -> Entered:
    """The answer to a sign-in."""
    tenant, actor = signed_in.tenant, signed_in.actor
    return Entered(
        access_token=signed_in.token,
        expires_at=signed_in.expires_at,
        user=account_of(actor, tenant),
        recovery_codes_left=signed_in.recovery_left,
    )


def account_of(actor: Any, tenant: Any) -> Account:
    """The picture of whoever is signed in."""
    return Account(
        id=actor.id,
        name=actor.name,
        email=actor.email,
        role=actor.role,
        permissions=sorted(actor.permissions),
        modules=sorted(tenant.modules),
        store_ids=None if actor.store_ids is None else sorted(actor.store_ids),
        tenant={"id": str(tenant.id), "slug": tenant.slug, "name": tenant.name},
    )
