"""Why an import cannot do what was asked of it."""

from __future__ import annotations

from balcao.kernel.errors import DomainError


class ImportNotReadyError(DomainError):
    """The import has no results yet."""

    code = "import_not_ready"
    title = "Import not ready."
    detail = "The import is not ready yet."


class ImportStateError(DomainError):
    """The import's state does not allow this: a finished one cannot be retried, a running one not be undone."""

    code = "import_state"
    title = "Not possible for this import now."
    detail = "That is not possible in the state the import is in."


class ImportUndoneError(DomainError):
    """The import was undone; its people left the address book."""

    code = "import_undone"
    title = "Import undone."
    detail = "This import was undone. Import the file again to have its contacts back."


class ImportSourceGoneError(DomainError):
    """The uploaded file was deleted after its time; there is nothing to read again."""

    status = 410
    code = "import_source_gone"
    title = "Uploaded file removed."
    detail = "The uploaded file was already deleted. Upload it again."


class ImportFileTooLargeError(DomainError):
    """The upload is above the limit of its kind."""

    status = 413
    code = "import_file_too_large"
    title = "File too large to import."
    detail = "The file is too large: up to {megabytes} MB can be imported."


class MappingInvalidError(DomainError):
    """A chosen mapping names a column or field that is not there, or gives a single field to two columns."""

    status = 422
    code = "mapping_invalid"
    title = "Columns do not fit."
    detail = "These columns cannot be mapped like that."
