// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract Token {
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;
    uint256 public value;

    event Changed(address indexed by, uint256 indexed value);

    error Refused(uint256 code);

    function set(uint256 next) external payable {
        value = next;
        emit Changed(msg.sender, next);
    }

    function time() external view returns (uint256, uint256, uint256) {
        return (block.number, block.timestamp, block.basefee);
    }

    function sender() external view returns (address) {
        return msg.sender;
    }

    function fail() external pure {
        revert Refused(7);
    }

    function pay(address payable to) external payable {
        to.transfer(msg.value);
    }

    receive() external payable {}
}
