"""The rules that hold on every board, proved over what the boards, the commands and the screen show."""
