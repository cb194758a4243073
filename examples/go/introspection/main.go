// An API that asks Wallet Sessions about the token of each request (RFC 7662). It needs the standard library only:
//
//	INTROSPECTION_URL=http://127.0.0.1:4000/introspect CLIENT_ID=api CLIENT_SECRET=… go run ./introspection
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// Session is what the service knows of a token. Other fields count only if Active is true.
type Session struct {
	Active bool `json:"active"`
	// The account of the wallet (CAIP-10): keep your users by it.
	Wallet          string `json:"sub"`
	ID              string `json:"sid"`
	ExpiresAt       int64  `json:"exp"`
	AuthenticatedAt int64  `json:"auth_time"`
}

var client = http.Client{Timeout: 5 * time.Second}

// introspect fails if the service does not answer: the token may be valid.
func introspect(ctx context.Context, token string) (Session, error) {
	form := strings.NewReader(url.Values{"token": {token}}.Encode())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, os.Getenv("INTROSPECTION_URL"), form)
	if err != nil {
		return Session{}, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(url.QueryEscape(os.Getenv("CLIENT_ID")), url.QueryEscape(os.Getenv("CLIENT_SECRET")))
	response, err := client.Do(request)
	if err != nil {
		return Session{}, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return Session{}, fmt.Errorf("introspection was answered with %s", response.Status)
	}
	var session Session
	err = json.NewDecoder(response.Body).Decode(&session)
	return session, err
}

type sessionKey struct{}

// requireSession lets requests with a valid session through, with the session in their context.
func requireSession(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if !strings.EqualFold(scheme, "Bearer") || token == "" {
			refuse(w)
			return
		}
		session, err := introspect(r.Context(), token)
		if err != nil {
			log.Print(err)
			http.Error(w, "Try again later.", http.StatusServiceUnavailable)
			return
		}
		if !session.Active {
			refuse(w)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), sessionKey{}, session)))
	})
}

func refuse(w http.ResponseWriter) {
	w.Header().Set("WWW-Authenticate", "Bearer")
	http.Error(w, "A valid session is required.", http.StatusUnauthorized)
}

func main() {
	me := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session := r.Context().Value(sessionKey{}).(Session)
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"wallet": session.Wallet})
	})
	http.Handle("/me", requireSession(me))
	server := http.Server{Addr: "127.0.0.1:8000", ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.ListenAndServe())
}
