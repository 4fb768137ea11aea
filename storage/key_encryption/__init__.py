"""The key that the secrets of cases lie under: in a file, in a PKCS#11 token, or at an OpenBao server.

The port is `port.KeyEncryption`; tests/contract/test_key_encryption.py holds each back-end to it. `places.py` says in
archive.json which one an archive uses.
"""
