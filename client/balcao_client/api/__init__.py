# Made by ./balcao reference from the API's document. Change the API, not this file.
"""The areas of the API, a file for each."""
