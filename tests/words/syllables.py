"""Words of three ASCII letters and more that may stand in a Vietnamese sentence."""

_SYLLABLES = """
    anh ban bao cao cho chi chia chua chung con cung danh dao dung duy gia giao ghi gian hai hay hoa
    hoan kia khai khen khi kho khu kim kinh lai lao long mai minh mong nam nay ngang nhanh nhau neo
    nghi phi phong qua quan quang quanh quy rau rong sai sang sao sau sinh song sung suy tay tham
    thanh thao thay theo thi thu thang tin tinh toan tra trang tranh trao trong trung truy tuy tung
    vai vinh vui xanh xem xin xong xung thua
"""
SYLLABLES = frozenset(_SYLLABLES.split())
"""Vietnamese syllables that take no mark."""

_TERMS = """
    API ASCII Apache AsyncAPI CSV CloudEvents Ctrl Excel HTTP HTTPS Internet JSON JWT Kafka Merkle
    NFC OpenAPI
    Java Maven OpenID PDF PostgreSQL Prometheus Python RFC SHA SIGTERM SMTP SQL Schema
    THCS NTVT TLS UBND URL UTF UUID Unicode
    DOCTYPE JPEG PNG VNI
    Webhook YAML Topic byte clip email make photocopy topic token video webhook
    submissions scoring notifications
"""
TERMS = frozenset(_TERMS.split())
"""Names and technical terms that officers or operators know under this name."""
