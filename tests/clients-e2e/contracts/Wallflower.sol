// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// A token that can be drained, asked, and made angry: what clients have to cope with.
contract Wallflower {
    error Shy(address who, uint256 amount);

    event Danced(address indexed who, uint256 indexed steps, string words);

    mapping(address => uint256) public balanceOf;
    uint256 public dances;

    constructor(uint256 supply) {
        balanceOf[msg.sender] = supply;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        if (balanceOf[msg.sender] < amount) revert Shy(msg.sender, amount);
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
        emit Danced(to, amount, "paid");
        return true;
    }

    function dance(uint256 steps, string calldata words) external returns (uint256) {
        dances += 1;
        emit Danced(msg.sender, steps, words);
        return dances;
    }

    function sulk(string calldata reason) external pure {
        revert(reason);
    }
}
