// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Counter} from "../src/Counter.sol";
import {Test} from "../src/Vm.sol";

interface Wrapped {
    function name() external view returns (string memory);
    function deposit() external payable;
    function withdraw(uint256) external;
    function balanceOf(address) external view returns (uint256);
}

/// Runs in Foundry's own EVM over the node's state, read by RPC.
contract ForkTest is Test {
    Wrapped private constant WFIL = Wrapped(0x60E1773636CF5E4A227d9AC24F20fEca034ee25A);
    address private constant MULTICALL = 0xcA11bde05977b3631167028862bE2a173976CA11;

    receive() external payable {}

    /// Named by the environment, deployed before.
    Counter private counter;

    function setUp() public {
        counter = Counter(vm.envAddress("COUNTER"));
    }

    function test_readsStateOfTheChain() public view {
        assertEq(counter.number(), 42);
        assertEq(block.chainid, 31415926);
        assertEq(keccak256(bytes(WFIL.name())) == keccak256("Wrapped FIL") ? 1 : 0, 1);
    }

    function test_goesOnFromThere() public {
        counter.set(43);
        assertEq(counter.number(), 43);
        assertEq(counter.setBy(address(this)), 43);
        vm.expectRevert(abi.encodeWithSelector(Counter.TooMany.selector, 7000, 1000));
        counter.set(7000);
    }

    function test_dealsAndPranks() public {
        vm.deal(address(this), 5 ether);
        WFIL.deposit{value: 2 ether}();
        WFIL.withdraw(1 ether);
        assertEq(WFIL.balanceOf(address(this)), 1 ether);
        assertEq(address(this).balance, 4 ether);
        vm.prank(address(0xaa));
        counter.set(1);
        assertEq(counter.setBy(address(0xaa)), 1);
    }

    function test_callsWhatIsPredeployed() public view {
        (bool worked, bytes memory answer) = MULTICALL.staticcall(abi.encodeWithSignature("getChainId()"));
        assertEq(worked ? abi.decode(answer, (uint256)) : 0, 31415926);
    }

    function test_selectsAForkOfItsOwn() public {
        vm.createSelectFork(vm.envString("FEVM_URL"), 0);
        assertEq(block.number, 0);
        assertEq(address(counter).code.length, 0);
    }
}
