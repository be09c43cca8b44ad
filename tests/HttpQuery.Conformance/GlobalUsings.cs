global using HttpQuery.StructuredFields;
