as_its_operator
# Whatever is done is an event.
wallet-sessions stats
snippet() {
  # <snippet>
}
runs_until_it_says '"act":'
