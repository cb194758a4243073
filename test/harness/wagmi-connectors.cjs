// Stands for @wagmi/connectors, which brings the software of every wallet: connectkit and wagmi ask for one connector of it.
module.exports = { injected: require('@wagmi/core').injected };
