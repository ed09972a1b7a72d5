"""An address book for the demo business: a list as shopkeepers have them, on its way through the importer."""
