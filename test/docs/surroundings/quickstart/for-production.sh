snippet() {
  # <snippet>
}
serves
