// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// Fails in every way, and tells the time.
contract Moods {
    error Refused(address who, uint256 code);

    event Mood(address indexed who, string indexed mood, bytes32 data);

    uint256[] private list;

    receive() external payable {}

    function ok() external {
        emit Mood(msg.sender, "fine", bytes32(uint256(1)));
    }

    function withReason() external pure {
        revert("not today");
    }

    function withoutReason() external pure {
        revert();
    }

    function withCustomError(uint256 code) external view {
        revert Refused(msg.sender, code);
    }

    function withPanic(uint256 index) external view returns (uint256) {
        return list[index];
    }

    function withAssert() external pure {
        assert(false);
    }

    function send(address payable to, uint256 amount) external {
        (bool sent, ) = to.call{value: amount}("");
        require(sent, "could not send");
    }

    function time() external view returns (uint256 timestamp, uint256 number) {
        return (block.timestamp, block.number);
    }

    function chain() external view returns (uint256 id, uint256 baseFee) {
        return (block.chainid, block.basefee);
    }
}
