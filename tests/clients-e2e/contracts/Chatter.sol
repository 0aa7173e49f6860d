// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// Prints as the console library of Hardhat and Foundry does.
contract Chatter {
    function say(uint256 count) external view {
        address console = 0x000000000000000000636F6e736F6c652e6c6f67;
        (bool heard, ) = console.staticcall(abi.encodeWithSignature("log(string,uint256)", "%d words", count));
        require(heard, "nobody listens");
    }

    function grumble() external pure {
        revert("go away");
    }

    error Growl(uint256 loud);

    function growl(uint256 loud) external pure {
        revert Growl(loud);
    }
}
