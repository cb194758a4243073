snippet() {
  # <snippet>
}
serves
compgen -G 'CPU.*.cpuprofile'
