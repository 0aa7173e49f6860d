// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Counter, Factory} from "../src/Counter.sol";
import {Script} from "../src/Vm.sol";

/// Deploys, calls, deploys by the CREATE2 deployer, calls a contract that makes one, and calls what was made.
contract Deploy is Script {
    function run(uint256 salt) external {
        vm.startBroadcast();
        Counter counter = new Counter{value: 3}(1);
        counter.set{value: 2}(7);
        new Counter{salt: bytes32(salt)}(2);
        Factory factory = new Factory();
        Counter made = factory.make(9);
        made.set(10);
        counter.fill(5);
        vm.stopBroadcast();
        require(counter.number() == 7 && made.number() == 10);
    }
}
