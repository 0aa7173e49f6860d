// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

library Names {
    function hashOf(string memory name) external pure returns (bytes32) {
        return keccak256(bytes(name));
    }
}

/// Names for addresses; links a library, and makes contracts itself.
contract Registry {
    event Named(string name, address indexed what);

    mapping(bytes32 => address) public addresses;
    address public owner = msg.sender;

    function set(string calldata name, address what) external {
        require(msg.sender == owner, "not the owner");
        addresses[Names.hashOf(name)] = what;
        emit Named(name, what);
    }

    function get(string calldata name) external view returns (address) {
        return addresses[Names.hashOf(name)];
    }

    function hand(address to) external {
        require(msg.sender == owner, "not the owner");
        owner = to;
    }
}
