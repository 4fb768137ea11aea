"""Evidence files that arrive in parts: kept enciphered until the last byte has come."""
