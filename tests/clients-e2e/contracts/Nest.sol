// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// Sings when it hatches and when it is told to.
contract Bird {
    event Sang(string song);

    uint256 public songs;

    constructor() payable {
        emit Sang("hatched");
    }

    function sing(string calldata song) external payable {
        songs += 1;
        emit Sang(song);
    }

    function fall() external {
        emit Sang("falling");
        revert("fell");
    }
}

/// Events before, inside and after calls and creations, some of which fail.
contract Nest {
    event Counted(uint256 count);

    Bird public bird;

    function hatch() external payable returns (Bird) {
        emit Counted(1);
        bird = new Bird{value: msg.value}();
        emit Counted(2);
        bird.sing("first");
        try bird.fall() {} catch {}
        emit Counted(3);
        return bird;
    }
}
