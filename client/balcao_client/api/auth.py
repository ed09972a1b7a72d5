# Made by ./balcao reference from the API's document. Change the API, not this file.
"""Auth: 16 operations."""

from __future__ import annotations

from balcao_client import models
from balcao_client.calls import Id
from balcao_client.pages import Page
from balcao_client.sending import Area, AsyncArea


class Auth(Area):
    def login(self, body: models.Credentials) -> models.Entered:
        """Opens a session. Without a named business, the one where e-mail and password fit; 409 when they
        fit in several, 401 otp_required when the account has a second factor and no code was sent.
        `POST /auth/login`
        """
        return self._send.json("POST", "/auth/login", body=body)

    def signup(self, body: models.SignUp) -> models.Entered:
        """Takes an invitation: makes the account (the first owner of a business, or one of its team) and
        signs in. `POST /auth/signup`
        """
        return self._send.json("POST", "/auth/signup", body=body)

    def get_me(self) -> models.Account:
        """Who is signed in. `GET /auth/me`"""
        return self._send.json("GET", "/auth/me")

    def logout(self) -> None:
        """Ends the session and clears the cookie. `POST /auth/logout`"""
        self._send.json("POST", "/auth/logout")

    def list_sessions(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.SessionView]:
        """One's own live sign-ins, newest first. `GET /auth/sessions`"""
        query = {"limit": limit, "offset": offset}
        return self._send.json("GET", "/auth/sessions", query=query)

    def end_other_sessions(self) -> models.Revoked:
        """Ends every own sign-in but this one. `DELETE /auth/sessions`"""
        return self._send.json("DELETE", "/auth/sessions")

    def delete_session(self, session_id: Id) -> None:
        """Ends one of one's own sign-ins. `DELETE /auth/sessions/{session_id}`"""
        self._send.json("DELETE", "/auth/sessions/{}", session_id)

    def change_password(self, body: models.PasswordChange) -> None:
        """Sets one's own password and ends every other sign-in. `POST /auth/password`"""
        self._send.json("POST", "/auth/password", body=body)

    def request_password_reset(self, body: models.ResetRequest) -> None:
        """Sends a link for a new password, if there is such a person. The answer is the same when there is
        not. `POST /auth/password-reset`
        """
        self._send.json("POST", "/auth/password-reset", body=body)

    def confirm_password_reset(self, body: models.ResetConfirmation) -> None:
        """Sets the password with the token of the link, and ends every sign-in of the person.
        `POST /auth/password-reset/confirm`
        """
        self._send.json("POST", "/auth/password-reset/confirm", body=body)

    def get_second_factor(self) -> models.SecondFactorState:
        """How one's own second factor stands. `GET /auth/second-factor`"""
        return self._send.json("GET", "/auth/second-factor")

    def begin_second_factor(self, body: models.SecondFactorAgain | None = None) -> models.SecondFactorSecret:
        """Starts one: a secret for an authenticator app. 409 second_factor_on when there is one already,
        403 fresh_sign_in_required without the password ten minutes after signing in.
        `POST /auth/second-factor`
        """
        return self._send.json("POST", "/auth/second-factor", body=body)

    def confirm_second_factor(self, body: models.CodeInput) -> models.RecoveryCodes:
        """Switches it on with the app's first code; answers the recovery codes and ends the other
        sign-ins. 403 fresh_sign_in_required without the password ten minutes after signing in.
        `POST /auth/second-factor/confirm`
        """
        return self._send.json("POST", "/auth/second-factor/confirm", body=body)

    def replace_recovery_codes(self, body: models.CodeInput) -> models.RecoveryCodes:
        """Ten new recovery codes; the old ones stop working. Takes a code of the app or an old recovery
        code. 403 fresh_sign_in_required without the password ten minutes after signing in.
        `POST /auth/second-factor/recovery-codes`
        """
        return self._send.json("POST", "/auth/second-factor/recovery-codes", body=body)

    def end_second_factor(self, body: models.SwitchOff) -> None:
        """Switches it off, with password and code. `POST /auth/second-factor/off`"""
        self._send.json("POST", "/auth/second-factor/off", body=body)

    def delete_user_second_factor(self, user_id: Id) -> None:
        """An owner resets it for a colleague who lost theirs. Their sign-ins end.
        `DELETE /admin/users/{user_id}/second-factor`
        """
        self._send.json("DELETE", "/admin/users/{}/second-factor", user_id)


class AsyncAuth(AsyncArea):
    async def login(self, body: models.Credentials) -> models.Entered:
        """Opens a session. Without a named business, the one where e-mail and password fit; 409 when they
        fit in several, 401 otp_required when the account has a second factor and no code was sent.
        `POST /auth/login`
        """
        return await self._send.json("POST", "/auth/login", body=body)

    async def signup(self, body: models.SignUp) -> models.Entered:
        """Takes an invitation: makes the account (the first owner of a business, or one of its team) and
        signs in. `POST /auth/signup`
        """
        return await self._send.json("POST", "/auth/signup", body=body)

    async def get_me(self) -> models.Account:
        """Who is signed in. `GET /auth/me`"""
        return await self._send.json("GET", "/auth/me")

    async def logout(self) -> None:
        """Ends the session and clears the cookie. `POST /auth/logout`"""
        await self._send.json("POST", "/auth/logout")

    async def list_sessions(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.SessionView]:
        """One's own live sign-ins, newest first. `GET /auth/sessions`"""
        query = {"limit": limit, "offset": offset}
        return await self._send.json("GET", "/auth/sessions", query=query)

    async def end_other_sessions(self) -> models.Revoked:
        """Ends every own sign-in but this one. `DELETE /auth/sessions`"""
        return await self._send.json("DELETE", "/auth/sessions")

    async def delete_session(self, session_id: Id) -> None:
        """Ends one of one's own sign-ins. `DELETE /auth/sessions/{session_id}`"""
        await self._send.json("DELETE", "/auth/sessions/{}", session_id)

    async def change_password(self, body: models.PasswordChange) -> None:
        """Sets one's own password and ends every other sign-in. `POST /auth/password`"""
        await self._send.json("POST", "/auth/password", body=body)

    async def request_password_reset(self, body: models.ResetRequest) -> None:
        """Sends a link for a new password, if there is such a person. The answer is the same when there is
        not. `POST /auth/password-reset`
        """
        await self._send.json("POST", "/auth/password-reset", body=body)

    async def confirm_password_reset(self, body: models.ResetConfirmation) -> None:
        """Sets the password with the token of the link, and ends every sign-in of the person.
        `POST /auth/password-reset/confirm`
        """
        await self._send.json("POST", "/auth/password-reset/confirm", body=body)

    async def get_second_factor(self) -> models.SecondFactorState:
        """How one's own second factor stands. `GET /auth/second-factor`"""
        return await self._send.json("GET", "/auth/second-factor")

    async def begin_second_factor(
        self,
        body: models.SecondFactorAgain | None = None,
    ) -> models.SecondFactorSecret:
        """Starts one: a secret for an authenticator app. 409 second_factor_on when there is one already,
        403 fresh_sign_in_required without the password ten minutes after signing in.
        `POST /auth/second-factor`
        """
        return await self._send.json("POST", "/auth/second-factor", body=body)

    async def confirm_second_factor(self, body: models.CodeInput) -> models.RecoveryCodes:
        """Switches it on with the app's first code; answers the recovery codes and ends the other
        sign-ins. 403 fresh_sign_in_required without the password ten minutes after signing in.
        `POST /auth/second-factor/confirm`
        """
        return await self._send.json("POST", "/auth/second-factor/confirm", body=body)

    async def replace_recovery_codes(self, body: models.CodeInput) -> models.RecoveryCodes:
        """Ten new recovery codes; the old ones stop working. Takes a code of the app or an old recovery
        code. 403 fresh_sign_in_required without the password ten minutes after signing in.
        `POST /auth/second-factor/recovery-codes`
        """
        return await self._send.json("POST", "/auth/second-factor/recovery-codes", body=body)

    async def end_second_factor(self, body: models.SwitchOff) -> None:
        """Switches it off, with password and code. `POST /auth/second-factor/off`"""
        await self._send.json("POST", "/auth/second-factor/off", body=body)

    async def delete_user_second_factor(self, user_id: Id) -> None:
        """An owner resets it for a colleague who lost theirs. Their sign-ins end.
        `DELETE /admin/users/{user_id}/second-factor`
        """
        await self._send.json("DELETE", "/admin/users/{}/second-factor", user_id)
