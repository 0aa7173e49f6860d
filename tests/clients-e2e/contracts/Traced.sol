// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// What is called: with value, failing in several ways, reading only.
contract Inner {
    uint256 public held;

    event Set(uint256 indexed value, bytes note);

    error Custom(uint256 value);

    function set(uint256 value) external payable returns (uint256) {
        held = value;
        emit Set(value, "hello");
        return value + 1;
    }

    function fail(uint256 how) external {
        held = how;
        if (how == 0) revert("inner");
        if (how == 1) revert Custom(5);
        if (how == 2) revert();
        assert(how > 3);
    }

    function sum(uint256 value) external view returns (uint256) {
        return held + value;
    }
}

/// Calls of every kind, for tracers.
contract Traced {
    Inner public inner = new Inner();
    uint256 public total;

    event Total(uint256 value);

    constructor() payable {}

    receive() external payable {}

    function go(uint256 value) external payable returns (uint256) {
        total = inner.set{value: msg.value}(value);
        emit Total(total);
        return total + inner.sum(3);
    }

    function attempt(uint256 how) external {
        (bool done,) = address(inner).call(abi.encodeWithSignature("fail(uint256)", how));
        total = done ? 1 : 2;
    }

    function fail(uint256 how) external {
        total = 9;
        inner.fail(how);
    }

    function make(bytes32 salt) external returns (address) {
        return address(new Inner{salt: salt}());
    }

    function delegate() external {
        (bool done,) = address(inner).delegatecall(abi.encodeWithSignature("set(uint256)", 4));
        require(done);
    }

    function halt() external pure {
        assembly {
            invalid()
        }
    }
}
