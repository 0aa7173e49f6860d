// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// Tokens (ERC-721) whose metadata is named by its content: the contract keeps the SHA-256 of it, and makes the IPFS link from that.
contract Collection {
    string public constant name = "Content-addressed";
    string public constant symbol = "CID";
    uint256 public totalSupply;
    mapping(uint256 token => address) private owners;
    mapping(address owner => uint256) public balanceOf;
    mapping(uint256 token => address) public getApproved;
    mapping(address owner => mapping(address operator => bool)) public isApprovedForAll;
    /// SHA-256 of a token's metadata.
    mapping(uint256 token => bytes32) public digestOf;

    event Transfer(address indexed from, address indexed to, uint256 indexed token);
    event Approval(address indexed owner, address indexed approved, uint256 indexed token);
    event ApprovalForAll(address indexed owner, address indexed operator, bool approved);

    error NoSuchToken(uint256 token);
    error NotAllowed(address caller, uint256 token);
    error UnsafeRecipient(address to);

    /// RFC 4648 base32 in lower case, as multibase "b" has it.
    bytes32 private constant ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

    function mint(address to, bytes32 digest) external returns (uint256 token) {
        token = ++totalSupply;
        owners[token] = to;
        balanceOf[to]++;
        digestOf[token] = digest;
        emit Transfer(address(0), to, token);
    }

    function ownerOf(uint256 token) public view returns (address owner) {
        owner = owners[token];
        if (owner == address(0)) revert NoSuchToken(token);
    }

    /// ipfs://CID. The CID is of version 1: codec raw (0x55), hash sha2-256 (0x12) of 32 bytes (0x20).
    function tokenURI(uint256 token) external view returns (string memory) {
        ownerOf(token);
        return string.concat("ipfs://b", base32(abi.encodePacked(hex"01551220", digestOf[token])));
    }

    /// Whether these bytes are the metadata of a token: by the precompile for SHA-256, so nobody has to be trusted for it.
    function isMetadataOf(uint256 token, bytes calldata metadata) external view returns (bool) {
        ownerOf(token);
        return sha256(metadata) == digestOf[token];
    }

    function approve(address to, uint256 token) external {
        address owner = ownerOf(token);
        if (msg.sender != owner && !isApprovedForAll[owner][msg.sender]) revert NotAllowed(msg.sender, token);
        getApproved[token] = to;
        emit Approval(owner, to, token);
    }

    function setApprovalForAll(address operator, bool approved) external {
        isApprovedForAll[msg.sender][operator] = approved;
        emit ApprovalForAll(msg.sender, operator, approved);
    }

    function transferFrom(address from, address to, uint256 token) public {
        address owner = ownerOf(token);
        bool allowed =
            msg.sender == owner || isApprovedForAll[owner][msg.sender] || getApproved[token] == msg.sender;
        if (!allowed || owner != from || to == address(0)) revert NotAllowed(msg.sender, token);
        delete getApproved[token];
        balanceOf[from]--;
        balanceOf[to]++;
        owners[token] = to;
        emit Transfer(from, to, token);
    }

    function safeTransferFrom(address from, address to, uint256 token) external {
        safeTransferFrom(from, to, token, "");
    }

    function safeTransferFrom(address from, address to, uint256 token, bytes memory data) public {
        transferFrom(from, to, token);
        if (to.code.length == 0) return;
        (bool called, bytes memory answer) =
            to.call(abi.encodeWithSignature("onERC721Received(address,address,uint256,bytes)", msg.sender, from, token, data));
        if (!called || answer.length < 32 || bytes4(answer) != 0x150b7a02) revert UnsafeRecipient(to);
    }

    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == 0x01ffc9a7 || id == 0x80ac58cd || id == 0x5b5e139f;
    }

    function base32(bytes memory data) private pure returns (string memory) {
        bytes memory text = new bytes((data.length * 8 + 4) / 5);
        uint256 bits;
        uint256 count;
        uint256 at;
        for (uint256 i = 0; i < data.length; i++) {
            bits = (bits << 8) | uint8(data[i]);
            for (count += 8; count >= 5; count -= 5) text[at++] = ALPHABET[(bits >> (count - 5)) & 31];
            bits &= (1 << count) - 1;
        }
        if (count > 0) text[at] = ALPHABET[(bits << (5 - count)) & 31];
        return string(text);
    }
}
