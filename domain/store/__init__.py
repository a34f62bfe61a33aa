"""The only code that talks to MongoDB: documents, indexes, a store a collection, the feed."""
