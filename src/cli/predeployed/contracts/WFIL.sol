// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// FIL as an ERC-20: what comes in as value goes out as tokens, one for one, and back. Same functions and events as WETH9.
contract WFIL {
    string public constant name = "Wrapped FIL";
    string public constant symbol = "WFIL";
    uint8 public constant decimals = 18;

    event Approval(address indexed src, address indexed guy, uint256 wad);
    event Transfer(address indexed src, address indexed dst, uint256 wad);
    event Deposit(address indexed dst, uint256 wad);
    event Withdrawal(address indexed src, uint256 wad);

    error InsufficientBalance(address owner, uint256 balance, uint256 wanted);
    error InsufficientAllowance(address spender, uint256 allowance, uint256 wanted);
    error WithdrawalRefused(address receiver);

    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;

    receive() external payable {
        deposit();
    }

    /// WETH9 takes a value with any call data as a deposit.
    fallback() external payable {
        deposit();
    }

    function deposit() public payable {
        balanceOf[msg.sender] += msg.value;
        emit Deposit(msg.sender, msg.value);
    }

    function withdraw(uint256 wad) external {
        take(msg.sender, wad);
        emit Withdrawal(msg.sender, wad);
        // Not transfer(): a fixed amount of Ethereum gas would be nothing here.
        (bool sent,) = msg.sender.call{value: wad}("");
        if (!sent) revert WithdrawalRefused(msg.sender);
    }

    /// All tokens are backed by the balance; a native actor may also pay in with a bare send, which makes no tokens.
    function totalSupply() external view returns (uint256) {
        return address(this).balance;
    }

    function approve(address guy, uint256 wad) external returns (bool) {
        allowance[msg.sender][guy] = wad;
        emit Approval(msg.sender, guy, wad);
        return true;
    }

    function transfer(address dst, uint256 wad) external returns (bool) {
        return move(msg.sender, dst, wad);
    }

    function transferFrom(address src, address dst, uint256 wad) external returns (bool) {
        if (src != msg.sender) {
            uint256 allowed = allowance[src][msg.sender];
            if (allowed != type(uint256).max) {
                if (allowed < wad) revert InsufficientAllowance(msg.sender, allowed, wad);
                unchecked {
                    allowance[src][msg.sender] = allowed - wad;
                }
            }
        }
        return move(src, dst, wad);
    }

    function move(address src, address dst, uint256 wad) private returns (bool) {
        take(src, wad);
        unchecked {
            balanceOf[dst] += wad;
        }
        emit Transfer(src, dst, wad);
        return true;
    }

    function take(address src, uint256 wad) private {
        uint256 balance = balanceOf[src];
        if (balance < wad) revert InsufficientBalance(src, balance, wad);
        unchecked {
            balanceOf[src] = balance - wad;
        }
    }
}
