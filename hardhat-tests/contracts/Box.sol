// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";

contract Box is Initializable, UUPSUpgradeable {
    error NotTheOwner(address caller);

    address public owner;
    uint256 public value;

    event Changed(uint256 from, uint256 to);

    constructor() {
        _disableInitializers();
    }

    function initialize(uint256 initial) external initializer {
        owner = msg.sender;
        value = initial;
    }

    function store(uint256 next) external {
        emit Changed(value, next);
        value = next;
    }

    function version() external pure virtual returns (string memory) {
        return "one";
    }

    function _authorizeUpgrade(address) internal view override {
        if (msg.sender != owner) revert NotTheOwner(msg.sender);
    }
}

contract BoxTwo is Box {
    function increment() external {
        emit Changed(value, value + 1);
        value++;
    }

    function version() external pure override returns (string memory) {
        return "two";
    }
}

contract BoxProxy is ERC1967Proxy {
    constructor(address implementation, bytes memory data) ERC1967Proxy(implementation, data) {}
}
