as_its_operator
# Makes an event: every action of an operator is audited.
wallet-sessions stats
snippet() {
  # <snippet>
}
runs_until_it_says '"act":'
