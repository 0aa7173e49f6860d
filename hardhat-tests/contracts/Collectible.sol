// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

contract Collectible is ERC721, Ownable {
    uint256 public minted;

    constructor() ERC721("Collectible", "COL") Ownable(msg.sender) {}

    function mint(address to) external onlyOwner returns (uint256 id) {
        id = ++minted;
        _safeMint(to, id);
    }
}
