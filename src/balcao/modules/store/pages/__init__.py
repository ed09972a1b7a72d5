"""Pages of the shop: the storefront for buyers, the panel for those who work there."""
