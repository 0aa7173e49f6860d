// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// What a factory makes.
contract Child {
    address public immutable parent = msg.sender;
    uint256 public immutable number;

    constructor(uint256 number_) payable {
        number = number_;
    }
}

/// Makes children by CREATE and, at addresses that are known beforehand, by CREATE2.
contract Factory {
    event Made(address indexed child, uint256 indexed number);

    function make(uint256 number) external payable returns (address child) {
        child = address(new Child{value: msg.value}(number));
        emit Made(child, number);
    }

    function makeAt(bytes32 salt, uint256 number) external returns (address child) {
        child = address(new Child{salt: salt}(number));
        emit Made(child, number);
    }

    function addressOf(bytes32 salt, uint256 number) external view returns (address) {
        bytes32 initCode = keccak256(abi.encodePacked(type(Child).creationCode, abi.encode(number)));
        return address(uint160(uint256(keccak256(abi.encodePacked(hex"ff", address(this), salt, initCode)))));
    }
}
