// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// The few cheat codes that these tests use; Foundry takes them at an address that is made of a hash.
interface Vm {
    function startBroadcast() external;
    function stopBroadcast() external;
    function prank(address) external;
    function deal(address, uint256) external;
    function expectRevert(bytes calldata) external;
    function createSelectFork(string calldata url, uint256 blockNumber) external returns (uint256);
    function envString(string calldata) external view returns (string memory);
    function envAddress(string calldata) external view returns (address);
}

abstract contract Cheats {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
}

/// What `forge script` looks for.
abstract contract Script is Cheats {
    bool public IS_SCRIPT = true;
}

/// What `forge test` looks for.
abstract contract Test is Cheats {
    bool public IS_TEST = true;

    function assertEq(uint256 a, uint256 b) internal pure {
        require(a == b, "values differ");
    }
}
