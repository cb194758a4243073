module example.com/wallet-sessions

go 1.21

require (
	github.com/MicahParks/keyfunc/v3 v3.3.3
	github.com/golang-jwt/jwt/v5 v5.2.1
)
