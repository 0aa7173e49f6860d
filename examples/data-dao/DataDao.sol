// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// Members decide who gets DataCap, the right to have data stored as verified. The contract is a verifier (notary) of the verified
/// registry, actor f06, and grants by calling it: no mock, no oracle.
contract DataDao {
    address private constant CALL_ACTOR_ID = 0xfe00000000000000000000000000000000000005;
    uint64 private constant REGISTRY = 6;
    uint64 private constant DATACAP = 7;
    // Method numbers are the hash of the method's name (FRC-0042).
    uint64 private constant ADD_VERIFIED_CLIENT = 3916220144;
    uint64 private constant BALANCE = 3261979605;
    uint64 private constant CBOR = 0x51;
    uint64 private constant READ_ONLY = 1;

    struct Proposal {
        address client;
        uint64 size;
        uint32 votes;
        bool granted;
    }

    Proposal[] public proposals;
    uint32 public immutable quorum;
    mapping(address => bool) public isMember;
    mapping(uint256 proposal => mapping(address member => bool)) public hasVoted;

    event Proposed(uint256 indexed proposal, address indexed client, uint64 size);
    event Granted(uint256 indexed proposal, address indexed client, uint64 size);

    error NotAMember(address caller);
    error AlreadyVoted(uint256 proposal, address member);
    error NotDecided(uint256 proposal, uint32 votes, uint32 quorum);
    error AlreadyGranted(uint256 proposal);
    /// What the actor answered: an exit code, or below 0 the number of the error with which the call failed.
    error ActorFailed(uint64 actor, uint64 method, int256 exitCode);

    modifier onlyMembers() {
        if (!isMember[msg.sender]) revert NotAMember(msg.sender);
        _;
    }

    constructor(address[] memory members, uint32 quorum_) {
        quorum = quorum_;
        for (uint256 i = 0; i < members.length; i++) isMember[members[i]] = true;
    }

    /// @param size Bytes; the registry takes 1 MiB at least.
    function propose(address client, uint64 size) external onlyMembers returns (uint256 proposal) {
        proposal = proposals.length;
        proposals.push(Proposal(client, size, 0, false));
        emit Proposed(proposal, client, size);
    }

    function vote(uint256 proposal) external onlyMembers {
        if (hasVoted[proposal][msg.sender]) revert AlreadyVoted(proposal, msg.sender);
        hasVoted[proposal][msg.sender] = true;
        proposals[proposal].votes++;
    }

    /// Anybody may carry out what has been decided.
    function grant(uint256 proposal) external {
        Proposal storage decided = proposals[proposal];
        if (decided.granted) revert AlreadyGranted(proposal);
        if (decided.votes < quorum) revert NotDecided(proposal, decided.votes, quorum);
        decided.granted = true;
        // CBOR [address, allowance]: two byte strings, the second a big integer with a byte for its sign.
        bytes memory params =
            abi.encodePacked(hex"82", filecoinAddress(decided.client), hex"4900", decided.size);
        callActor(REGISTRY, ADD_VERIFIED_CLIENT, 0, params);
        emit Granted(proposal, decided.client, decided.size);
    }

    /// DataCap of a client in bytes, as the DataCap actor has it.
    function dataCapOf(address client) external returns (uint256) {
        bytes memory answer = callActor(DATACAP, BALANCE, READ_ONLY, filecoinAddress(client));
        return bigInt(answer) / 1e18;
    }

    /// An address as Filecoin writes it, in a CBOR byte string: f410 (protocol 4, namespace 10, the 20 bytes).
    function filecoinAddress(address account) private pure returns (bytes memory) {
        return abi.encodePacked(hex"56040a", account);
    }

    /// The precompile is called by DELEGATECALL, so that the actor sees this contract as its caller.
    function callActor(uint64 actor, uint64 method, uint64 flags, bytes memory params) private returns (bytes memory) {
        (bool called, bytes memory answer) =
            CALL_ACTOR_ID.delegatecall(abi.encode(method, uint256(0), flags, CBOR, params, actor));
        require(called, "call_actor_id failed");
        (int256 exitCode,, bytes memory data) = abi.decode(answer, (int256, uint64, bytes));
        if (exitCode != 0) revert ActorFailed(actor, method, exitCode);
        return data;
    }

    /// A big integer in CBOR: a byte string, empty for 0, else a byte for the sign and big-endian bytes.
    function bigInt(bytes memory data) private pure returns (uint256 value) {
        for (uint256 i = 2; i < data.length; i++) value = (value << 8) | uint8(data[i]);
    }
}
