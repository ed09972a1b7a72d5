# Made by ./balcao reference from the API's document. Change the API, not this file.
"""Catalogue: 28 operations."""

from __future__ import annotations

from typing import Literal

from balcao_client import models
from balcao_client.calls import Id, Upload
from balcao_client.pages import Page
from balcao_client.sending import Area, AsyncArea


class Catalogue(Area):
    def list_products(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        q: str | None = None,
        category_id: Id | None = None,
        store_id: Id | None = None,
        availability: Literal["available", "order", "unavailable"] | None = None,
        is_active: bool | None = None,
    ) -> Page[models.AdminCatalogProductDocument]:
        """Products in the order of the menu, by text, category, store, availability and visibility.
        `GET /admin/catalog/products`
        """
        query = {
            "limit": limit,
            "offset": offset,
            "q": q,
            "category_id": category_id,
            "store_id": store_id,
            "availability": availability,
            "is_active": is_active,
        }
        return self._send.json("GET", "/admin/catalog/products", query=query)

    def create_product(self, body: models.AdminCatalogProductIn) -> models.AdminCatalogProductDocument:
        """Makes a product with its sizes and option groups; its code is the next number of the business.
        `POST /admin/catalog/products`
        """
        return self._send.json("POST", "/admin/catalog/products", body=body)

    def sort_products(self, body: models.Ids) -> None:
        """Puts products of one category into the given order. `POST /admin/catalog/products/order`"""
        self._send.json("POST", "/admin/catalog/products/order", body=body)

    def change_products(self, body: models.BulkIn) -> models.Changed:
        """Changes prices, availability, visibility or category of many products, or of none when one does
        not fit. `POST /admin/catalog/products/bulk`
        """
        return self._send.json("POST", "/admin/catalog/products/bulk", body=body)

    def get_product(self, product_id: Id) -> models.AdminCatalogProductDocument:
        """One product with sizes, option groups and pictures. `GET /admin/catalog/products/{product_id}`"""
        return self._send.json("GET", "/admin/catalog/products/{}", product_id)

    def update_product(self, product_id: Id, body: models.ProductPatch) -> models.AdminCatalogProductDocument:
        """Changes what is sent of a product seen at `version`.
        `PATCH /admin/catalog/products/{product_id}`
        """
        return self._send.json("PATCH", "/admin/catalog/products/{}", product_id, body=body)

    def delete_product(self, product_id: Id) -> None:
        """Erases a product that was never sold. `DELETE /admin/catalog/products/{product_id}`"""
        self._send.json("DELETE", "/admin/catalog/products/{}", product_id)

    def duplicate_product(
        self,
        product_id: Id,
        body: models.DuplicateIn | None = None,
    ) -> models.AdminCatalogProductDocument:
        """Copies a product with everything but its stock; the copy is hidden at first.
        `POST /admin/catalog/products/{product_id}/duplicate`
        """
        return self._send.json("POST", "/admin/catalog/products/{}/duplicate", product_id, body=body)

    def set_product_option_groups(
        self,
        product_id: Id,
        body: models.LinksIn,
    ) -> models.AdminCatalogProductDocument:
        """Sets which option groups the product offers, in which order, with which limits.
        `PUT /admin/catalog/products/{product_id}/option-groups`
        """
        return self._send.json("PUT", "/admin/catalog/products/{}/option-groups", product_id, body=body)

    def create_product_sku(self, product_id: Id, body: models.NewSku) -> models.AdminCatalogProductDocument:
        """Adds a size behind the others. `POST /admin/catalog/products/{product_id}/skus`"""
        return self._send.json("POST", "/admin/catalog/products/{}/skus", product_id, body=body)

    def update_product_sku(
        self,
        product_id: Id,
        sku_id: Id,
        body: models.SkuPatch,
    ) -> models.AdminCatalogProductDocument:
        """Changes name, price or sale of one size.
        `PATCH /admin/catalog/products/{product_id}/skus/{sku_id}`
        """
        return self._send.json("PATCH", "/admin/catalog/products/{}/skus/{}", product_id, sku_id, body=body)

    def delete_product_sku(
        self,
        product_id: Id,
        sku_id: Id,
        *,
        version: int,
    ) -> models.AdminCatalogProductDocument:
        """Erases a size that was never sold. `DELETE /admin/catalog/products/{product_id}/skus/{sku_id}`"""
        query = {"version": version}
        return self._send.json(
            "DELETE",
            "/admin/catalog/products/{}/skus/{}",
            product_id,
            sku_id,
            query=query,
        )

    def list_categories(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.AdminCatalogCategoryDocument]:
        """Categories in the order of the menu. `GET /admin/catalog/categories`"""
        query = {"limit": limit, "offset": offset}
        return self._send.json("GET", "/admin/catalog/categories", query=query)

    def create_category(self, body: models.CategoryIn) -> models.AdminCatalogCategoryDocument:
        """Makes a category at the end of the menu. `POST /admin/catalog/categories`"""
        return self._send.json("POST", "/admin/catalog/categories", body=body)

    def sort_categories(self, body: models.Ids) -> None:
        """Puts categories into the given order. `POST /admin/catalog/categories/order`"""
        self._send.json("POST", "/admin/catalog/categories/order", body=body)

    def get_category(self, category_id: Id) -> models.AdminCatalogCategoryDocument:
        """One category. `GET /admin/catalog/categories/{category_id}`"""
        return self._send.json("GET", "/admin/catalog/categories/{}", category_id)

    def update_category(
        self,
        category_id: Id,
        body: models.CategoryPatch,
    ) -> models.AdminCatalogCategoryDocument:
        """Changes what is sent of a category seen at `version`.
        `PATCH /admin/catalog/categories/{category_id}`
        """
        return self._send.json("PATCH", "/admin/catalog/categories/{}", category_id, body=body)

    def delete_category(self, category_id: Id) -> None:
        """Erases an empty category. `DELETE /admin/catalog/categories/{category_id}`"""
        self._send.json("DELETE", "/admin/catalog/categories/{}", category_id)

    def list_option_groups(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.AdminCatalogOptionGroupDocument]:
        """Option groups by name, with their options and the products that offer them.
        `GET /admin/catalog/option-groups`
        """
        query = {"limit": limit, "offset": offset}
        return self._send.json("GET", "/admin/catalog/option-groups", query=query)

    def create_option_group(self, body: models.OptionGroupIn) -> models.AdminCatalogOptionGroupDocument:
        """Makes a list with its options. `POST /admin/catalog/option-groups`"""
        return self._send.json("POST", "/admin/catalog/option-groups", body=body)

    def get_option_group(self, group_id: Id) -> models.AdminCatalogOptionGroupDocument:
        """One list. `GET /admin/catalog/option-groups/{group_id}`"""
        return self._send.json("GET", "/admin/catalog/option-groups/{}", group_id)

    def update_option_group(
        self,
        group_id: Id,
        body: models.OptionGroupPatch,
    ) -> models.AdminCatalogOptionGroupDocument:
        """Changes what is sent of a list seen at `version`; `options` sets them all, in order.
        `PATCH /admin/catalog/option-groups/{group_id}`
        """
        return self._send.json("PATCH", "/admin/catalog/option-groups/{}", group_id, body=body)

    def delete_option_group(self, group_id: Id) -> None:
        """Erases a list no product offers. `DELETE /admin/catalog/option-groups/{group_id}`"""
        self._send.json("DELETE", "/admin/catalog/option-groups/{}", group_id)

    def list_product_pictures(
        self,
        product_id: Id,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.PictureDocument]:
        """The pictures of a product, the cover first. `GET /admin/catalog/products/{product_id}/pictures`"""
        query = {"limit": limit, "offset": offset}
        return self._send.json("GET", "/admin/catalog/products/{}/pictures", product_id, query=query)

    def upload_product_picture(
        self,
        product_id: Id,
        file: Upload,
        *,
        alt: str | None = None,
    ) -> Page[models.PictureDocument]:
        """Takes a JPEG, PNG, WebP, GIF or AVIF of up to 5 MB as the product's last picture.
        `POST /admin/catalog/products/{product_id}/pictures`
        """
        form = {"file": file, "alt": alt}
        return self._send.json("POST", "/admin/catalog/products/{}/pictures", product_id, form=form)

    def sort_product_pictures(self, product_id: Id, body: models.Ids) -> Page[models.PictureDocument]:
        """Puts pictures into the given order; the first is the cover.
        `POST /admin/catalog/products/{product_id}/pictures/order`
        """
        return self._send.json("POST", "/admin/catalog/products/{}/pictures/order", product_id, body=body)

    def update_product_picture(
        self,
        product_id: Id,
        picture_id: Id,
        body: models.AltIn,
    ) -> Page[models.PictureDocument]:
        """Sets the words for those who do not see the picture.
        `PATCH /admin/catalog/products/{product_id}/pictures/{picture_id}`
        """
        return self._send.json(
            "PATCH",
            "/admin/catalog/products/{}/pictures/{}",
            product_id,
            picture_id,
            body=body,
        )

    def delete_product_picture(self, product_id: Id, picture_id: Id) -> None:
        """Takes a picture down; its file goes when nothing else shows it.
        `DELETE /admin/catalog/products/{product_id}/pictures/{picture_id}`
        """
        self._send.json("DELETE", "/admin/catalog/products/{}/pictures/{}", product_id, picture_id)


class AsyncCatalogue(AsyncArea):
    async def list_products(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        q: str | None = None,
        category_id: Id | None = None,
        store_id: Id | None = None,
        availability: Literal["available", "order", "unavailable"] | None = None,
        is_active: bool | None = None,
    ) -> Page[models.AdminCatalogProductDocument]:
        """Products in the order of the menu, by text, category, store, availability and visibility.
        `GET /admin/catalog/products`
        """
        query = {
            "limit": limit,
            "offset": offset,
            "q": q,
            "category_id": category_id,
            "store_id": store_id,
            "availability": availability,
            "is_active": is_active,
        }
        return await self._send.json("GET", "/admin/catalog/products", query=query)

    async def create_product(self, body: models.AdminCatalogProductIn) -> models.AdminCatalogProductDocument:
        """Makes a product with its sizes and option groups; its code is the next number of the business.
        `POST /admin/catalog/products`
        """
        return await self._send.json("POST", "/admin/catalog/products", body=body)

    async def sort_products(self, body: models.Ids) -> None:
        """Puts products of one category into the given order. `POST /admin/catalog/products/order`"""
        await self._send.json("POST", "/admin/catalog/products/order", body=body)

    async def change_products(self, body: models.BulkIn) -> models.Changed:
        """Changes prices, availability, visibility or category of many products, or of none when one does
        not fit. `POST /admin/catalog/products/bulk`
        """
        return await self._send.json("POST", "/admin/catalog/products/bulk", body=body)

    async def get_product(self, product_id: Id) -> models.AdminCatalogProductDocument:
        """One product with sizes, option groups and pictures. `GET /admin/catalog/products/{product_id}`"""
        return await self._send.json("GET", "/admin/catalog/products/{}", product_id)

    async def update_product(
        self,
        product_id: Id,
        body: models.ProductPatch,
    ) -> models.AdminCatalogProductDocument:
        """Changes what is sent of a product seen at `version`.
        `PATCH /admin/catalog/products/{product_id}`
        """
        return await self._send.json("PATCH", "/admin/catalog/products/{}", product_id, body=body)

    async def delete_product(self, product_id: Id) -> None:
        """Erases a product that was never sold. `DELETE /admin/catalog/products/{product_id}`"""
        await self._send.json("DELETE", "/admin/catalog/products/{}", product_id)

    async def duplicate_product(
        self,
        product_id: Id,
        body: models.DuplicateIn | None = None,
    ) -> models.AdminCatalogProductDocument:
        """Copies a product with everything but its stock; the copy is hidden at first.
        `POST /admin/catalog/products/{product_id}/duplicate`
        """
        return await self._send.json("POST", "/admin/catalog/products/{}/duplicate", product_id, body=body)

    async def set_product_option_groups(
        self,
        product_id: Id,
        body: models.LinksIn,
    ) -> models.AdminCatalogProductDocument:
        """Sets which option groups the product offers, in which order, with which limits.
        `PUT /admin/catalog/products/{product_id}/option-groups`
        """
        return await self._send.json("PUT", "/admin/catalog/products/{}/option-groups", product_id, body=body)

    async def create_product_sku(
        self,
        product_id: Id,
        body: models.NewSku,
    ) -> models.AdminCatalogProductDocument:
        """Adds a size behind the others. `POST /admin/catalog/products/{product_id}/skus`"""
        return await self._send.json("POST", "/admin/catalog/products/{}/skus", product_id, body=body)

    async def update_product_sku(
        self,
        product_id: Id,
        sku_id: Id,
        body: models.SkuPatch,
    ) -> models.AdminCatalogProductDocument:
        """Changes name, price or sale of one size.
        `PATCH /admin/catalog/products/{product_id}/skus/{sku_id}`
        """
        return await self._send.json(
            "PATCH",
            "/admin/catalog/products/{}/skus/{}",
            product_id,
            sku_id,
            body=body,
        )

    async def delete_product_sku(
        self,
        product_id: Id,
        sku_id: Id,
        *,
        version: int,
    ) -> models.AdminCatalogProductDocument:
        """Erases a size that was never sold. `DELETE /admin/catalog/products/{product_id}/skus/{sku_id}`"""
        query = {"version": version}
        return await self._send.json(
            "DELETE",
            "/admin/catalog/products/{}/skus/{}",
            product_id,
            sku_id,
            query=query,
        )

    async def list_categories(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.AdminCatalogCategoryDocument]:
        """Categories in the order of the menu. `GET /admin/catalog/categories`"""
        query = {"limit": limit, "offset": offset}
        return await self._send.json("GET", "/admin/catalog/categories", query=query)

    async def create_category(self, body: models.CategoryIn) -> models.AdminCatalogCategoryDocument:
        """Makes a category at the end of the menu. `POST /admin/catalog/categories`"""
        return await self._send.json("POST", "/admin/catalog/categories", body=body)

    async def sort_categories(self, body: models.Ids) -> None:
        """Puts categories into the given order. `POST /admin/catalog/categories/order`"""
        await self._send.json("POST", "/admin/catalog/categories/order", body=body)

    async def get_category(self, category_id: Id) -> models.AdminCatalogCategoryDocument:
        """One category. `GET /admin/catalog/categories/{category_id}`"""
        return await self._send.json("GET", "/admin/catalog/categories/{}", category_id)

    async def update_category(
        self,
        category_id: Id,
        body: models.CategoryPatch,
    ) -> models.AdminCatalogCategoryDocument:
        """Changes what is sent of a category seen at `version`.
        `PATCH /admin/catalog/categories/{category_id}`
        """
        return await self._send.json("PATCH", "/admin/catalog/categories/{}", category_id, body=body)

    async def delete_category(self, category_id: Id) -> None:
        """Erases an empty category. `DELETE /admin/catalog/categories/{category_id}`"""
        await self._send.json("DELETE", "/admin/catalog/categories/{}", category_id)

    async def list_option_groups(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.AdminCatalogOptionGroupDocument]:
        """Option groups by name, with their options and the products that offer them.
        `GET /admin/catalog/option-groups`
        """
        query = {"limit": limit, "offset": offset}
        return await self._send.json("GET", "/admin/catalog/option-groups", query=query)

    async def create_option_group(self, body: models.OptionGroupIn) -> models.AdminCatalogOptionGroupDocument:
        """Makes a list with its options. `POST /admin/catalog/option-groups`"""
        return await self._send.json("POST", "/admin/catalog/option-groups", body=body)

    async def get_option_group(self, group_id: Id) -> models.AdminCatalogOptionGroupDocument:
        """One list. `GET /admin/catalog/option-groups/{group_id}`"""
        return await self._send.json("GET", "/admin/catalog/option-groups/{}", group_id)

    async def update_option_group(
        self,
        group_id: Id,
        body: models.OptionGroupPatch,
    ) -> models.AdminCatalogOptionGroupDocument:
        """Changes what is sent of a list seen at `version`; `options` sets them all, in order.
        `PATCH /admin/catalog/option-groups/{group_id}`
        """
        return await self._send.json("PATCH", "/admin/catalog/option-groups/{}", group_id, body=body)

    async def delete_option_group(self, group_id: Id) -> None:
        """Erases a list no product offers. `DELETE /admin/catalog/option-groups/{group_id}`"""
        await self._send.json("DELETE", "/admin/catalog/option-groups/{}", group_id)

    async def list_product_pictures(
        self,
        product_id: Id,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.PictureDocument]:
        """The pictures of a product, the cover first. `GET /admin/catalog/products/{product_id}/pictures`"""
        query = {"limit": limit, "offset": offset}
        return await self._send.json("GET", "/admin/catalog/products/{}/pictures", product_id, query=query)

    async def upload_product_picture(
        self,
        product_id: Id,
        file: Upload,
        *,
        alt: str | None = None,
    ) -> Page[models.PictureDocument]:
        """Takes a JPEG, PNG, WebP, GIF or AVIF of up to 5 MB as the product's last picture.
        `POST /admin/catalog/products/{product_id}/pictures`
        """
        form = {"file": file, "alt": alt}
        return await self._send.json("POST", "/admin/catalog/products/{}/pictures", product_id, form=form)

    async def sort_product_pictures(self, product_id: Id, body: models.Ids) -> Page[models.PictureDocument]:
        """Puts pictures into the given order; the first is the cover.
        `POST /admin/catalog/products/{product_id}/pictures/order`
        """
        return await self._send.json(
            "POST",
            "/admin/catalog/products/{}/pictures/order",
            product_id,
            body=body,
        )

    async def update_product_picture(
        self,
        product_id: Id,
        picture_id: Id,
        body: models.AltIn,
    ) -> Page[models.PictureDocument]:
        """Sets the words for those who do not see the picture.
        `PATCH /admin/catalog/products/{product_id}/pictures/{picture_id}`
        """
        return await self._send.json(
            "PATCH",
            "/admin/catalog/products/{}/pictures/{}",
            product_id,
            picture_id,
            body=body,
        )

    async def delete_product_picture(self, product_id: Id, picture_id: Id) -> None:
        """Takes a picture down; its file goes when nothing else shows it.
        `DELETE /admin/catalog/products/{product_id}/pictures/{picture_id}`
        """
        await self._send.json("DELETE", "/admin/catalog/products/{}/pictures/{}", product_id, picture_id)
