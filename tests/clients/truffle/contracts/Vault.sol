// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

/// A token that can be locked away until a time: something for every matcher and helper.
contract Vault {
    error TooEarly(uint256 now_, uint256 until);
    error NotEnough(address who, uint256 wanted, uint256 held);

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Locked(address indexed who, uint256 until, string why);
    event Opened();

    string public constant name = "Vault";
    string public constant symbol = "VLT";
    uint8 public constant decimals = 18;
    uint256 public totalSupply;
    mapping(address => uint256) public balanceOf;
    mapping(address => uint256) public lockedUntil;
    address public keeper;

    constructor(uint256 supply, address keeper_) payable {
        totalSupply = supply;
        balanceOf[msg.sender] = supply;
        keeper = keeper_;
        emit Transfer(address(0), msg.sender, supply);
    }

    function transfer(address to, uint256 value) external returns (bool) {
        if (block.timestamp < lockedUntil[msg.sender]) revert TooEarly(block.timestamp, lockedUntil[msg.sender]);
        if (balanceOf[msg.sender] < value) revert NotEnough(msg.sender, value, balanceOf[msg.sender]);
        unchecked {
            balanceOf[msg.sender] -= value;
            balanceOf[to] += value;
        }
        emit Transfer(msg.sender, to, value);
        return true;
    }

    function lock(uint256 until, string calldata why) external {
        require(until > block.timestamp, "in the past");
        lockedUntil[msg.sender] = until;
        emit Locked(msg.sender, until, why);
        emit Opened();
    }

    function pay(address payable to, uint256 value) external {
        (bool sent,) = to.call{value: value}("");
        require(sent);
    }

    function divide(uint256 a, uint256 b) external pure returns (uint256) {
        return a / b;
    }

    function setKeeper(address keeper_) external {
        require(msg.sender == keeper, "not the keeper");
        keeper = keeper_;
    }

    function randao() external view returns (uint256) {
        return block.prevrandao;
    }

    receive() external payable {}
}
