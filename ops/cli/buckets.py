"""The address of an S3 bucket, as it is given on the command line."""

from __future__ import annotations

from urllib.parse import urlsplit

from domain.errors import Fault
from storage.home import BucketPlace

ACCESS_KEY, SECRET_KEY = "ANJUAN_S3_ACCESS_KEY", "ANJUAN_S3_SECRET_KEY"  # environment variables


def bucket_at(address: str, region: str) -> BucketPlace:
    """`https://host:port/bucket`; plain http is for a store on this machine or behind a tunnel. Fault "bucket"."""
    try:
        url = urlsplit(address)
        name = url.path.strip("/")
        fits = url.scheme in ("http", "https") and url.hostname and url.port != 0 and not (url.query or url.fragment)
        fits = fits and "@" not in url.netloc and name and "/" not in name
    except ValueError:
        fits = False
    if not fits:
        message = f"S3 桶应写作 https://主机:端口/桶，实为“{address[:80]}”"
        raise Fault(
            "bucket", message, f"访问密钥由环境变量 {ACCESS_KEY} 和 {SECRET_KEY} 给出，不写入地址", field="bucket"
        )
    return BucketPlace(url.netloc, name, ACCESS_KEY, SECRET_KEY, region, secure=url.scheme == "https")
