// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// Sends FIL from an Ethereum wallet to a Filecoin address of any kind: f1, f2, f3 and f4 as well, also one that no actor has yet.
contract FilForwarder {
    /// The precompile call_actor, which takes an address in bytes. It must be reached by DELEGATECALL. FIP-0054
    address private constant CALL_ACTOR = 0xfe00000000000000000000000000000000000003;
    uint64 private constant SEND = 0;
    uint64 private constant NO_FLAGS = 0;
    uint64 private constant NO_CODEC = 0;

    /// These bytes are no Filecoin address.
    error InvalidAddress();
    /// The precompile itself failed, of gas for example.
    error CallFailed();
    /// Exit code of the send; a negative one is the number of a system call's error.
    error SendFailed(int256 exitCode);

    /// Sends the value of this call on. `destination`: the address in bytes, protocol first, as Filecoin keeps it.
    function forward(bytes calldata destination) external payable {
        check(destination);
        (bool called, bytes memory answer) =
            CALL_ACTOR.delegatecall(abi.encode(SEND, msg.value, NO_FLAGS, NO_CODEC, bytes(""), destination));
        if (!called || answer.length == 0) revert CallFailed();
        (int256 exitCode,,) = abi.decode(answer, (int256, uint64, bytes));
        if (exitCode != 0) revert SendFailed(exitCode);
    }

    /// Lengths by protocol: 0 ID (a varint), 1 secp256k1, 2 actor, 3 BLS, 4 delegated.
    function check(bytes calldata destination) private pure {
        uint256 length = destination.length;
        if (length < 2) revert InvalidAddress();
        uint8 protocol = uint8(destination[0]);
        if (
            !(
                (protocol == 0 && length <= 11) || ((protocol == 1 || protocol == 2) && length == 21)
                    || (protocol == 3 && length == 49) || (protocol == 4 && length <= 66)
            )
        ) revert InvalidAddress();
    }
}
