"""The two ways in which an outside service fails, the same for every port."""


class ProviderRejected(Exception):  # noqa: N818  the two outcomes are named by what the service said
    """The service refused, and the same request will never succeed: do not retry.

    `code` is stable and fit for a message to the business; `detail` is for the log and carries no personal data.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class ProviderUnavailable(Exception):  # noqa: N818  the two outcomes are named by what the service said
    """The service did not answer, or not sensibly, or asked to wait: retry later.

    `retry_after` is the wait it asked for in seconds, None when it named none.
    """

    def __init__(self, detail: str, *, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry_after = retry_after
