# Made by ./balcao reference from the API's document. Change the API, not this file.
"""All areas of the API."""

from __future__ import annotations

from balcao_client.api.api_keys import ApiKeys, AsyncApiKeys
from balcao_client.api.audit import AsyncAudit, Audit
from balcao_client.api.auth import AsyncAuth, Auth
from balcao_client.api.backups import AsyncBackups, Backups
from balcao_client.api.billing import AsyncBilling, Billing
from balcao_client.api.catalogue import AsyncCatalogue, Catalogue
from balcao_client.api.central import AsyncCentral, Central
from balcao_client.api.checkout import AsyncCheckout, Checkout
from balcao_client.api.contacts import AsyncContacts, Contacts
from balcao_client.api.delivery import AsyncDelivery, Delivery
from balcao_client.api.gohighlevel import AsyncGohighlevel, Gohighlevel
from balcao_client.api.health import AsyncHealth, Health
from balcao_client.api.imports import AsyncImports, Imports
from balcao_client.api.messaging import AsyncMessaging, Messaging
from balcao_client.api.onboarding import AsyncOnboarding, Onboarding
from balcao_client.api.operations import AsyncOperations, Operations
from balcao_client.api.orders import AsyncOrders, Orders
from balcao_client.api.settings import AsyncSettings, Settings
from balcao_client.api.shop import AsyncShop, Shop
from balcao_client.api.stock import AsyncStock, Stock
from balcao_client.api.stores import AsyncStores, Stores
from balcao_client.api.team import AsyncTeam, Team
from balcao_client.api.webhooks import AsyncWebhooks, Webhooks
from balcao_client.sending import AsyncSender, Sender


class Areas:
    """The parts of the API."""

    def __init__(self, send: Sender) -> None:
        self.api_keys = ApiKeys(send)
        self.audit = Audit(send)
        self.auth = Auth(send)
        self.backups = Backups(send)
        self.billing = Billing(send)
        self.catalogue = Catalogue(send)
        self.central = Central(send)
        self.checkout = Checkout(send)
        self.contacts = Contacts(send)
        self.delivery = Delivery(send)
        self.gohighlevel = Gohighlevel(send)
        self.health = Health(send)
        self.imports = Imports(send)
        self.messaging = Messaging(send)
        self.onboarding = Onboarding(send)
        self.operations = Operations(send)
        self.orders = Orders(send)
        self.settings = Settings(send)
        self.shop = Shop(send)
        self.stock = Stock(send)
        self.stores = Stores(send)
        self.team = Team(send)
        self.webhooks = Webhooks(send)


class AsyncAreas:
    """The parts of the API."""

    def __init__(self, send: AsyncSender) -> None:
        self.api_keys = AsyncApiKeys(send)
        self.audit = AsyncAudit(send)
        self.auth = AsyncAuth(send)
        self.backups = AsyncBackups(send)
        self.billing = AsyncBilling(send)
        self.catalogue = AsyncCatalogue(send)
        self.central = AsyncCentral(send)
        self.checkout = AsyncCheckout(send)
        self.contacts = AsyncContacts(send)
        self.delivery = AsyncDelivery(send)
        self.gohighlevel = AsyncGohighlevel(send)
        self.health = AsyncHealth(send)
        self.imports = AsyncImports(send)
        self.messaging = AsyncMessaging(send)
        self.onboarding = AsyncOnboarding(send)
        self.operations = AsyncOperations(send)
        self.orders = AsyncOrders(send)
        self.settings = AsyncSettings(send)
        self.shop = AsyncShop(send)
        self.stock = AsyncStock(send)
        self.stores = AsyncStores(send)
        self.team = AsyncTeam(send)
        self.webhooks = AsyncWebhooks(send)
