"""The reference pages and `.env.example`, written from the code so that they cannot say anything else than it."""
