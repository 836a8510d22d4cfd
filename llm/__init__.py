"""The models and what is asked of them: the table of models, embeddings, retrieval, answers and their citations."""
