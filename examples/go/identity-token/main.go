// Verifies an identity token of Wallet Sessions. It stays valid up to 60 seconds after a logout: prefer introspection.
//
//	JWKS_URL=http://127.0.0.1:4000/.well-known/jwks.json ISSUER=https://app.example.com AUDIENCE=https://api.example.com \
//		go run ./identity-token TOKEN
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
)

// Claims are those of a valid token. The Subject is the account of the wallet (CAIP-10).
type Claims struct {
	jwt.RegisteredClaims
	SessionID       string           `json:"sid"`
	AuthenticatedAt *jwt.NumericDate `json:"auth_time"`
}

func verify(token string, keys keyfunc.Keyfunc) (Claims, error) {
	var claims Claims
	_, err := jwt.ParseWithClaims(token, &claims, keys.Keyfunc,
		// With IDENTITY_TOKEN_ALGORITHM=ES256: "ES256". Never take it from the token.
		jwt.WithValidMethods([]string{"EdDSA"}),
		jwt.WithIssuer(os.Getenv("ISSUER")),
		jwt.WithAudience(os.Getenv("AUDIENCE")),
		jwt.WithExpirationRequired(),
	)
	return claims, err
}

func main() {
	// Reads the keys again every hour, and for a key that it does not know, until the context ends.
	keys, err := keyfunc.NewDefaultCtx(context.Background(), []string{os.Getenv("JWKS_URL")})
	if err != nil {
		log.Fatal(err)
	}
	claims, err := verify(os.Args[1], keys)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(claims.Subject)
}
