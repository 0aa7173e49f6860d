// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

contract Counter {
    uint256 public number;
    mapping(address => uint256) public setBy;

    event Counted(address indexed who, uint256 number);

    error TooMany(uint256 asked, uint256 allowed);

    constructor(uint256 first) payable {
        number = first;
    }

    function set(uint256 next) external payable {
        if (next > 1000) revert TooMany(next, 1000);
        number = next;
        setBy[msg.sender] = next;
        emit Counted(msg.sender, next);
    }

    /// Costs more the more it is asked for.
    function fill(uint256 slots) external {
        for (uint256 i = 1; i <= slots; i++) setBy[address(uint160(i))] = i;
    }
}

/// Makes another contract.
contract Factory {
    event Made(address at);

    function make(uint256 first) external returns (Counter made) {
        made = new Counter(first);
        emit Made(address(made));
    }
}
