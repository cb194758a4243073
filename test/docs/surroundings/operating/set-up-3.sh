as_its_operator

snippet() {
  # <snippet>
}
serves
