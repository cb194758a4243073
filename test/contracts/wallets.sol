// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// A wallet that is a contract, as small as EIP-1271 allows: it has one owner, who signs for it.
contract Wallet {
    address public owner;

    constructor(address firstOwner) {
        owner = firstOwner;
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external view virtual returns (bytes4) {
        require(signature.length == 65, "not a signature of an owner");
        address signer = ecrecover(
            digest,
            uint8(signature[64]),
            bytes32(signature[0:32]),
            bytes32(signature[32:64])
        );
        return signer != address(0) && signer == owner ? bytes4(0x1626ba7e) : bytes4(0xffffffff);
    }

    function changeOwner(address next) external {
        require(msg.sender == owner, "not the owner");
        owner = next;
    }
}

/// Makes wallets whose address is known before they are there (EIP-1014).
contract WalletFactory {
    function create(address owner) external returns (address) {
        return address(new Wallet{salt: 0}(owner));
    }

    function addressOf(address owner) external view returns (address) {
        bytes32 code = keccak256(abi.encodePacked(type(Wallet).creationCode, abi.encode(owner)));
        return address(uint160(uint256(keccak256(abi.encodePacked(bytes1(0xff), address(this), bytes32(0), code)))));
    }
}

/// A wallet that lets anybody do anything in what it takes for a simulation.
contract TrustfulWallet is Wallet {
    constructor(address firstOwner) Wallet(firstOwner) {}

    function changeOwnerInSimulation(address next) external {
        require(tx.origin == address(0), "not a simulation");
        owner = next;
    }
}

/// Says yes to everything, but not in the way of EIP-1271.
contract YesWallet {
    fallback(bytes calldata) external returns (bytes memory) {
        return abi.encode(true);
    }
}

/// Says what EIP-1271 asks for and more besides.
contract ChattyWallet {
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4, uint256) {
        return (0x1626ba7e, 1);
    }
}

/// Never comes to an end.
contract EndlessWallet {
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        while (true) {}
        return 0x1626ba7e;
    }
}
