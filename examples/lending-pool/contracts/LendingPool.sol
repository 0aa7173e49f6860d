// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

interface IERC20 {
    function balanceOf(address owner) external view returns (uint256);
    function transfer(address to, uint256 value) external returns (bool);
    function transferFrom(address from, address to, uint256 value) external returns (bool);
}

/// People deposit a token and earn interest; others borrow it against FIL. Interest is charged by the second, on an index that all
/// debts grow with. A loan above 80 % of its collateral's worth may be liquidated by anybody, for a reward of 5 %.
contract LendingPool {
    uint256 private constant ONE = 1e18;
    uint256 public constant MAX_LOAN = 0.75e18;
    uint256 public constant LIQUIDATION = 0.8e18;
    uint256 public constant REWARD = 1.05e18;
    /// 10 % a year, by the second.
    uint256 public constant RATE = 0.1e18 / uint256(365 days);

    IERC20 public immutable token;
    address public immutable oracle;
    /// Tokens for 1 FIL, 18 decimals.
    uint256 public price;

    uint256 public index = ONE;
    uint256 public accrued;
    uint256 public totalShares;
    uint256 private totalScaled;
    mapping(address lender => uint256) public shares;
    mapping(address borrower => uint256) private scaled;
    mapping(address borrower => uint256) public collateral;

    event Deposited(address indexed lender, uint256 amount, uint256 shares);
    event Withdrawn(address indexed lender, uint256 amount, uint256 shares);
    event Borrowed(address indexed borrower, uint256 amount);
    event Repaid(address indexed borrower, uint256 amount);
    event Liquidated(address indexed borrower, address indexed liquidator, uint256 repaid, uint256 seized);

    error Undercollateralized(uint256 debt, uint256 limit);
    error Healthy(address borrower);
    error NotEnoughCash(uint256 asked, uint256 cash);
    error NotTheOracle(address caller);
    error TransferFailed();

    constructor(IERC20 token_, uint256 price_) {
        token = token_;
        price = price_;
        oracle = msg.sender;
        accrued = block.timestamp;
    }

    modifier accrues() {
        index += (index * RATE * (block.timestamp - accrued)) / ONE;
        accrued = block.timestamp;
        _;
    }

    function setPrice(uint256 price_) external {
        if (msg.sender != oracle) revert NotTheOracle(msg.sender);
        price = price_;
    }

    function deposit(uint256 amount) external accrues returns (uint256 minted) {
        uint256 assets = totalAssets();
        minted = totalShares == 0 ? amount : (amount * totalShares) / assets;
        shares[msg.sender] += minted;
        totalShares += minted;
        take(msg.sender, amount);
        emit Deposited(msg.sender, amount, minted);
    }

    function withdraw(uint256 burnt) external accrues returns (uint256 amount) {
        amount = (burnt * totalAssets()) / totalShares;
        uint256 cash = token.balanceOf(address(this));
        if (amount > cash) revert NotEnoughCash(amount, cash);
        shares[msg.sender] -= burnt;
        totalShares -= burnt;
        give(msg.sender, amount);
        emit Withdrawn(msg.sender, amount, burnt);
    }

    /// FIL sent along becomes collateral.
    function borrow(uint256 amount) external payable accrues {
        collateral[msg.sender] += msg.value;
        uint256 cash = token.balanceOf(address(this));
        if (amount > cash) revert NotEnoughCash(amount, cash);
        uint256 units = (amount * ONE + index - 1) / index;
        scaled[msg.sender] += units;
        totalScaled += units;
        requireCovered(msg.sender);
        give(msg.sender, amount);
        emit Borrowed(msg.sender, amount);
    }

    function repay(uint256 amount) external accrues {
        amount = settle(msg.sender, amount);
        take(msg.sender, amount);
        emit Repaid(msg.sender, amount);
    }

    function release(uint256 amount) external accrues {
        collateral[msg.sender] -= amount;
        requireCovered(msg.sender);
        payOut(msg.sender, amount);
    }

    function liquidate(address borrower, uint256 amount) external accrues {
        if (debtOf(borrower) <= (worthOf(borrower) * LIQUIDATION) / ONE) revert Healthy(borrower);
        amount = settle(borrower, amount);
        uint256 seized = (amount * REWARD) / price;
        if (seized > collateral[borrower]) seized = collateral[borrower];
        collateral[borrower] -= seized;
        take(msg.sender, amount);
        payOut(msg.sender, seized);
        emit Liquidated(borrower, msg.sender, amount, seized);
    }

    function debtOf(address borrower) public view returns (uint256) {
        uint256 now_ = index + (index * RATE * (block.timestamp - accrued)) / ONE;
        return (scaled[borrower] * now_) / ONE;
    }

    /// Cash and debts, as of the last time that interest was charged.
    function totalAssets() public view returns (uint256) {
        return token.balanceOf(address(this)) + (totalScaled * index) / ONE;
    }

    function worthOf(address borrower) public view returns (uint256) {
        return (collateral[borrower] * price) / ONE;
    }

    function requireCovered(address borrower) private view {
        uint256 limit = (worthOf(borrower) * MAX_LOAN) / ONE;
        uint256 debt = debtOf(borrower);
        if (debt > limit) revert Undercollateralized(debt, limit);
    }

    function settle(address borrower, uint256 amount) private returns (uint256) {
        uint256 debt = debtOf(borrower);
        uint256 units = amount >= debt ? scaled[borrower] : (amount * ONE) / index;
        scaled[borrower] -= units;
        totalScaled -= units;
        return amount >= debt ? debt : amount;
    }

    function take(address from, uint256 amount) private {
        if (!token.transferFrom(from, address(this), amount)) revert TransferFailed();
    }

    function give(address to, uint256 amount) private {
        if (!token.transfer(to, amount)) revert TransferFailed();
    }

    function payOut(address to, uint256 amount) private {
        (bool sent,) = to.call{value: amount}("");
        if (!sent) revert TransferFailed();
    }
}
