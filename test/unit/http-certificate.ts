/** A self-signed certificate for the name shop.test and its key, made for these tests and used nowhere else. */
export const certificate = `-----BEGIN CERTIFICATE-----
MIIBlTCCATugAwIBAgIUEkcoFyscN7Ij6B4UXmm0SgbRtJ0wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJc2hvcC50ZXN0MCAXDTI2MTEyMzEzNTI1NloYDzIxMjYxMDMw
MTM1MjU2WjAUMRIwEAYDVQQDDAlzaG9wLnRlc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATJn+dolxt38iRj8Qx+BmYXn9Dq6QslJsRMnfGDbyppkJvQqn8Jx/ML
gaCZ0PGrRHuIgQbO3zM6sTK4sf4M1b/+o2kwZzAdBgNVHQ4EFgQUPb/JZw7dPilS
SYa2nmw8TqgRUEgwHwYDVR0jBBgwFoAUPb/JZw7dPilSSYa2nmw8TqgRUEgwDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglzaG9wLnRlc3QwCgYIKoZIzj0EAwID
SAAwRQIhAP0fVe2vfRY0pyq6sqeQwaaYWBaJwXsb/rd8YRqpKNOPAiAuos55Fc+q
AuzvJoXx5e5gvPwtkUXQfb0COyMk4WTYig==
-----END CERTIFICATE-----
`

export const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgis7GJ/3tYF88OBrs
ytz+JHGhaK65/98O0B0uW+T6FZWhRANCAATJn+dolxt38iRj8Qx+BmYXn9Dq6Qsl
JsRMnfGDbyppkJvQqn8Jx/MLgaCZ0PGrRHuIgQbO3zM6sTK4sf4M1b/+
-----END PRIVATE KEY-----
`
