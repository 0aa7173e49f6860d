// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// Calls the counter, a native actor, from a contract: through the precompile call_actor_id (FIP-0054, FRC-0042).
contract CounterCaller {
    address private constant CALL_ACTOR_ID = 0xfe00000000000000000000000000000000000005;
    uint64 private constant INCREMENT = 2922929132;
    uint64 private constant COUNT = 3683891907;
    uint64 private constant CBOR = 0x51;
    uint64 private constant READ_ONLY = 1;

    error ActorFailed(int256 exitCode);

    function increment(uint64 actor, uint64 by) external returns (uint64) {
        // CBOR [by]: an array of one, an unsigned integer of eight bytes.
        return number(callActor(actor, INCREMENT, 0, CBOR, abi.encodePacked(hex"811b", by)));
    }

    function count(uint64 actor) external returns (uint64) {
        return number(callActor(actor, COUNT, READ_ONLY, 0, ""));
    }

    /// The precompile is called by DELEGATECALL, so that the actor sees this contract as its caller.
    function callActor(uint64 actor, uint64 method, uint64 flags, uint64 codec, bytes memory params)
        private
        returns (bytes memory)
    {
        (bool called, bytes memory answer) =
            CALL_ACTOR_ID.delegatecall(abi.encode(method, uint256(0), flags, codec, params, actor));
        require(called, "call_actor_id failed");
        (int256 exitCode,, bytes memory data) = abi.decode(answer, (int256, uint64, bytes));
        if (exitCode != 0) revert ActorFailed(exitCode);
        return data;
    }

    /// An unsigned integer in CBOR.
    function number(bytes memory data) private pure returns (uint64 value) {
        uint8 head = uint8(data[0]);
        if (head < 24) return head;
        for (uint256 i = 1; i < data.length; i++) value = (value << 8) | uint8(data[i]);
    }
}
