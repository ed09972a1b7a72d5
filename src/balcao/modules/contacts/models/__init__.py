"""Tables of the address book, its imports, and the lines to a CRM."""

from balcao.modules.contacts.models.crm import (
    GhlConnection as GhlConnection,
)
from balcao.modules.contacts.models.crm import (
    GhlPush as GhlPush,
)
from balcao.modules.contacts.models.crm import (
    GhlPushItem as GhlPushItem,
)
from balcao.modules.contacts.models.imports import (
    ImportCorrection as ImportCorrection,
)
from balcao.modules.contacts.models.imports import (
    ImportIssue as ImportIssue,
)
from balcao.modules.contacts.models.imports import (
    ImportJob as ImportJob,
)
from balcao.modules.contacts.models.imports import (
    MappingProfile as MappingProfile,
)
from balcao.modules.contacts.models.people import (
    Contact as Contact,
)
from balcao.modules.contacts.models.people import (
    ContactActivity as ContactActivity,
)
from balcao.modules.contacts.models.people import (
    ContactChange as ContactChange,
)
from balcao.modules.contacts.models.people import (
    ContactConsent as ContactConsent,
)
from balcao.modules.contacts.models.people import (
    ContactKey as ContactKey,
)
from balcao.modules.contacts.models.people import (
    Suppression as Suppression,
)
