ACCESS_TOKEN=$(access_token http://localhost:4000/graphql)
snippet() {
  # <snippet>
}
snippet >answer
grep -q '^HTTP/1.1 204' answer
grep -qi '^x-wallet-account: eip155:0:0x' answer
