// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Counter} from "../src/Counter.sol";
import {Script} from "../src/Vm.sol";

/// More transactions than Foundry sends at once, which is a hundred.
contract Many is Script {
    function run(uint256 count) external {
        vm.startBroadcast();
        Counter counter = new Counter(1);
        for (uint256 i = 1; i <= count; i++) counter.set(i);
        vm.stopBroadcast();
        require(counter.number() == count);
    }
}
